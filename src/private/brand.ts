/** In the registry of all modules, so that two copies of this package know each other's classes. */
const BRAND = Symbol.for('cdk-golden-path.brand');

/** Marks the instances of a class, those of its subclasses included. An object that merely looks alike has no mark. */
export function brand(prototype: object, name: string): void {
  Object.defineProperty(prototype, BRAND, { value: name });
}

/** The class of this package that the value is an instance of, or undefined. */
export function brandOf(value: unknown): string | undefined {
  return (value as { readonly [BRAND]?: string } | undefined | null)?.[BRAND];
}
