"""Finding: how text becomes words, how a misspelt word finds its neighbours, how what was found is ranked and shown."""
