import { Annotations, Stack, Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { AS_OF, FORMER, REGIONS, SIZES, UNPLACED } from './offered-classes';
import { invalid, type Problem } from '../private/invalid';

/** How many times `large` a size is. */
const TIMES: { readonly [size: string]: number } = { nano: 1 / 16, micro: 1 / 8, small: 1 / 4, medium: 1 / 2, large: 1, xlarge: 2 };

/** Generations of which families may have come since the table was made. */
const NEW_GENERATIONS = 2;

/** `m7g.large`, taken apart. */
interface InstanceClass {
  readonly family: string;
  readonly letter: string;
  readonly generation: number;
  /** What follows the generation: `g` is Graviton, `d` a local disk, `n` a faster network. */
  readonly attributes: string;
  readonly size: string;
}

/**
 * The class that a database is given: its own, or the default where RDS offers that in the region of the stack, else the
 * nearest to it.
 *
 * Throws for one that RDS does not offer for PostgreSQL in this region. What may be newer than our table is warned of.
 */
export function settledClass(scope: Construct, own: ec2.InstanceType | undefined, standard: string): ec2.InstanceType {
  const text = own === undefined ? offeredLike(scope, standard) : String(own);
  if (!Token.isUnresolved(text)) {
    mustBeOffered(scope, text);
  }
  return own ?? new ec2.InstanceType(text);
}

/** This class where RDS offers it in the region of the stack, else the nearest to it. */
export function offeredLike(scope: Construct, standard: string): string {
  const offered = REGIONS[regionOf(scope) ?? '']?.split(' ');
  return offered === undefined || offered.includes(parsed(standard).family) ? standard : nearest(parsed(standard), offered);
}

function mustBeOffered(scope: Construct, text: string): void {
  const region = regionOf(scope);
  const offered = region === undefined ? Object.keys(SIZES) : REGIONS[region]?.split(' ');
  const problem = problemWith(parsed(text), offered ?? Object.keys(SIZES), region);
  if (problem) {
    throw invalid(scope, 'instanceType', { ...problem, got: text });
  }
  if (!isKnown(parsed(text)) || region !== undefined && !offered) {
    Annotations.of(scope).addWarningV2('cdk-golden-path:unknownInstanceClass',
      `It is not known whether RDS offers ${text} for PostgreSQL${region === undefined ? '' : ` in ${region}`}: the table of this package is of ${AS_OF}; `
      + 'see aws rds describe-orderable-db-instance-options, then acknowledge this');
  }
}

function problemWith(wanted: InstanceClass, offered: string[], region?: string): Problem | undefined {
  const { family, size } = wanted;
  const like = `choose the nearest, ${nearest(wanted, offered)}`;
  if (FORMER.split(' ').includes(family)) {
    return { must: 'must be a class on which PostgreSQL 15 and later run', remedy: like };
  }
  if (!isKnown(wanted)) {
    return isOld(wanted) ? { must: 'must be a class that RDS offers for PostgreSQL', remedy: like } : undefined;
  }
  if (!offered.includes(family)) {
    return { must: `must be a class that RDS offers for PostgreSQL in ${region}, as of ${AS_OF}`, remedy: like };
  }
  return SIZES[family].split(' ').includes(size) ? undefined : { must: `must be ${family} in a size that RDS offers: ${SIZES[family]}`, remedy: like };
}

function isKnown({ family }: InstanceClass): boolean {
  return SIZES[family] !== undefined;
}

/** Of a family that RDS would have offered by now. */
function isOld({ family, letter, generation }: InstanceClass): boolean {
  const known = Object.keys(SIZES).map((it) => parsed(`${it}.large`));
  const ofLetter = known.filter((it) => it.letter === letter);
  const newest = Math.max(...(ofLetter.length > 0 ? ofLetter : known).map((it) => it.generation));
  return !UNPLACED.split(' ').includes(family) && generation <= newest - NEW_GENERATIONS;
}

/** Of the same letter if there is one: with the same processor, then the same attributes, then of the nearest generation. */
function nearest(wanted: InstanceClass, offered: string[]): string {
  const known = offered.map((it) => parsed(`${it}.${wanted.size}`));
  const ofLetter = known.filter((it) => it.letter === wanted.letter);
  const [first] = (ofLetter.length > 0 ? ofLetter : known.filter((it) => it.letter === 'm'))
    .map((it) => ({ it, distance: distanceBetween(wanted, it) })).sort((a, b) => a.distance - b.distance);
  return `${first.it.family}.${nearestSize(wanted.size, SIZES[first.it.family].split(' '))}`;
}

function distanceBetween(wanted: InstanceClass, other: InstanceClass): number {
  const isArm = ({ attributes }: InstanceClass) => attributes.includes('g');
  const unlike = [...new Set(wanted.attributes + other.attributes)]
    .filter((it) => wanted.attributes.includes(it) !== other.attributes.includes(it)).length;
  const generations = Math.abs(wanted.generation - other.generation);
  // Of two that are as near the older: it is there for longer.
  return (isArm(wanted) === isArm(other) ? 0 : 10_000) + unlike * 100 + generations * 2 + (other.generation > wanted.generation ? 1 : 0);
}

/** The same, or the next above it, or the greatest. */
function nearestSize(size: string, sizes: string[]): string {
  return sizes.find((it) => times(it) >= times(size)) ?? sizes[sizes.length - 1];
}

function times(size: string): number {
  return TIMES[size] ?? 2 * Number(/^(\d+)xlarge$/.exec(size)?.[1] ?? 0);
}

function parsed(text: string): InstanceClass {
  const [, letter, generation, attributes, size] = /^([a-z]+)(\d+)([a-z]*)\.([a-z0-9]+)$/.exec(text) ?? ['', text, '0', '', ''];
  return { family: letter + generation + attributes, letter, generation: Number(generation), attributes, size };
}

/** Undefined where only the deployment knows. */
function regionOf(scope: Construct): string | undefined {
  const { region } = Stack.of(scope);
  return Token.isUnresolved(region) ? undefined : region;
}
