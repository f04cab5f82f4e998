"""The stream worker: Faust delivers records, engines fold them, transactions carry the effects."""
