"""Results drawn as SVG for download: one module per family of pictures, on a sheet that all of them share."""
