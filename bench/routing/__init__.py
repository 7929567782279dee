"""The routing study (叫号研究): the product's rule against bounds, formulas and another simulator."""
