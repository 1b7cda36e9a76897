"""The members' form, the operator's desk and the listeners' page: plain HTML over Flask."""
