"""Readers of status pages: a body in, the vendor's word out; one small parser a format."""
