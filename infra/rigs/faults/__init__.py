"""`make faults`: a real `heed up` under kill -9 and a Telegram that misbehaves, judged by what people received."""
