"""Thin adapters to the outside. They translate and send; they decide nothing."""
