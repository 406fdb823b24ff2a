"""The parts of `isoline bench`: what was asked, the recipe, the store, progress, output."""
