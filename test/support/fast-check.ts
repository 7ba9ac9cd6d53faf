import * as fc from 'fast-check';

/** The same values in each run: what was green stays green. `PROPERTY_SEED=$RANDOM` tries others. */
fc.configureGlobal({ seed: Number(process.env.PROPERTY_SEED ?? 1) });

export * from 'fast-check';
