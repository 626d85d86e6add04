"""The course of feelings over time, as a picture and as a sentence."""
