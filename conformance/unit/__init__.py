"""One folder a family: what each public name promises."""
