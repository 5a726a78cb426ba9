"""Results drawn as SVG, to be downloaded: a module a family of pictures, on a sheet that all of them share."""
