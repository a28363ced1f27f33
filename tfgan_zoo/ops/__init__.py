"""Pure functions on keras.ops and numpy that everything else stands on."""
