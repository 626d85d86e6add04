"""The rigs: what breaks Heed on purpose (`faults`) and what measures it (`bench`)."""
