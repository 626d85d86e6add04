"""What a text suggests its writer feels, from sentence vectors and pieces of words; or why nothing is said."""
