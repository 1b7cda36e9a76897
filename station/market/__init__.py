"""Rights change hands by gift, sale and swap, once, however many people press at once."""
