"""How healthy the data is: the score, what its history says, which figures alarm, and whom they are told to."""
