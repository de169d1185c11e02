"""Reading what people wrote: pure, deterministic, linear in the length of the text.  No Django here."""
