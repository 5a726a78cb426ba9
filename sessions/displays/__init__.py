"""Presenter screens: who may open one, and the links for machines that show it."""
