"""Why an object is (not) ready, why it exists, why it is where it is: a sentence, with the revisions that prove it."""
