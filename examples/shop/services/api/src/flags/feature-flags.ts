export interface FeatureFlags {
  /** A flag nobody has heard of is off. */
  isOn(flag: string): boolean;
}
