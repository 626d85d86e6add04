"""What a text suggests its writer feels, from an adapted encoder and pieces of words; or why nothing is said."""
