"""What the store does. Nothing here knows HTTP or Jupyter; handlers parse, authorise and call."""
