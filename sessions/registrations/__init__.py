"""Who registered beforehand: lists that are imported, figures, personal links."""
