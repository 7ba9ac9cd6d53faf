import type { Script, ScriptToken } from './script';

/** A part of a script: the tokens from the first up to, and without, the last. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** A method, or a property with a value. */
export interface ScriptMember {
  readonly name: string;
  readonly kind: 'method' | 'getter' | 'property';
  readonly isStatic: boolean;
  /** Of a method what stands between its braces, of a property its value. */
  readonly body: Range;
}

/** A class that stands right in the script, not inside of something else. */
export interface ScriptClass {
  /** As the run would have it; empty where the run would have none. */
  readonly name: string;
  /** The class that it extends, where that is a plain name. */
  readonly base?: string;
  readonly isAbstract: boolean;
  readonly isExported: boolean;
  readonly members: readonly ScriptMember[];
}

const MODIFIERS = new Set(['public', 'private', 'protected', 'readonly', 'override', 'async', 'declare', 'abstract', 'accessor', 'static', 'get', 'set']);

/** How many tokens may stand between a class and the word that exports it. */
const FAR = 12;

/** Words with which an expression goes on in the next line. */
const GOES_ON = new Set(['in', 'instanceof', 'as', 'satisfies']);

/** After these a brace in a type begins a type, and not the body. */
const BEFORE_A_TYPE = new Set([':', '|', '&', '=>', '<', ',', '?', 'is', 'extends', 'asserts', 'keyof', 'readonly']);

/** The index after the token, or after the bracket that belongs to it. */
export function after(tokens: readonly ScriptToken[], index: number): number {
  const { partner = index } = tokens[index];
  return Math.max(index, partner) + 1;
}

/** Whether there is this word or sign. */
export function is(token: ScriptToken | undefined, ...values: string[]): boolean {
  return (token?.kind === 'word' || token?.kind === 'sign') && values.includes(token.value);
}

/** The end of an expression that begins here: a semicolon, the end of the range, or a line after which another thing begins. */
export function endOfExpression(tokens: readonly ScriptToken[], from: number, to: number): number {
  let index = from;
  while (index < to && !is(tokens[index], ';', ')', ']', '}', 'const', 'let', 'var', 'export')) {
    if (index > from && tokens[index].startsLine && endsExpression(tokens[index - 1]) && beginsSomething(tokens[index])) {
      break;
    }
    index = after(tokens, index);
  }
  return Math.min(index, to);
}

function endsExpression(token: ScriptToken): boolean {
  return token.kind === 'sign' ? token.partner !== undefined && !is(token, '(', '[', '{', '${') : !GOES_ON.has(token.value);
}

function beginsSomething(token: ScriptToken): boolean {
  return (token.kind === 'word' && !GOES_ON.has(token.value)) || token.kind === 'text' || is(token, '[', '@', '*');
}

/** The classes of a script in the order in which they stand in it. */
export function classesOf({ tokens }: Script): ScriptClass[] {
  const classes: { at: number; declared: Omit<ScriptClass, 'isExported'> }[] = [];
  const exported = new Set<string>();
  for (let index = 0; index < tokens.length; index = after(tokens, index)) {
    if (is(tokens[index], 'class') && !is(tokens[index - 1], '.', 'declare')) {
      classes.push({ at: index, declared: classAt(tokens, index) });
    } else if (is(tokens[index], 'export', 'exports')) {
      namesExported(tokens, index).forEach((name) => exported.add(name));
    }
  }
  return classes.map(({ at, declared }) => ({ ...declared, isExported: exported.has(declared.name) || isExportedInPlace(tokens, at) }));
}

/** `export { A, B as C }`, `export default A`, `exports.A = B`, `module.exports = A` and `module.exports = { A, B }`. */
function namesExported(tokens: readonly ScriptToken[], index: number): string[] {
  let at = index + 1;
  if (is(tokens[index], 'exports')) {
    while (at < index + FAR && !is(tokens[at], '=')) {
      at += 1;
    }
    at += 1;
  } else if (is(tokens[at], 'default')) {
    at += 1;
  }
  const last = is(tokens[at], '{') ? tokens[at].partner ?? at : at;
  return tokens.slice(at, last + 1).filter((it) => it.kind === 'word').map((it) => it.value);
}

function isExportedInPlace(tokens: readonly ScriptToken[], at: number): boolean {
  let index = at - 1;
  while (index > at - FAR && index >= 0 && !tokens[index + 1].startsLine && !is(tokens[index], ';', '}')) {
    if (is(tokens[index], 'export', 'exports')) {
      return true;
    }
    index -= 1;
  }
  // Between `export` and the class there may be decorators, and a line may end after any of the words.
  return is(tokens[index], 'export', 'exports', 'default') || (is(tokens[index], '=') && isExportedInPlace(tokens, index));
}

function classAt(tokens: readonly ScriptToken[], at: number): Omit<ScriptClass, 'isExported'> {
  const next = tokens[at + 1];
  const ownName = next?.kind === 'word' && !is(next, 'extends', 'implements') ? next.value : undefined;
  const opening = bodyOfClass(tokens, at + 1);
  const header = opening < tokens.length ? tokens.slice(at + 1, opening) : [];
  const base = header.find((_it, index) => is(header[index - 1], 'extends'));
  return {
    name: ownName ?? assignedName(tokens, at),
    base: base?.kind === 'word' ? base.value : undefined,
    isAbstract: is(tokens[at - 1], 'abstract'),
    members: opening < tokens.length ? membersOf(tokens, { from: opening + 1, to: tokens[opening].partner ?? tokens.length }) : [],
  };
}

/** A class without a name of its own takes that of the variable, or of the default export. */
function assignedName(tokens: readonly ScriptToken[], at: number): string {
  if (is(tokens[at - 1], 'default')) {
    return 'default';
  }
  const isVariable = is(tokens[at - 1], '=') && is(tokens[at - 3], 'const', 'let', 'var');
  return isVariable ? tokens[at - 2].value : '';
}

/** The brace that begins the body, if there is one; a brace inside of `<…>` or `(…)` does not. */
function bodyOfClass(tokens: readonly ScriptToken[], from: number): number {
  let depth = 0;
  let index = from;
  while (index < tokens.length && !(depth <= 0 && is(tokens[index], '{'))) {
    depth += is(tokens[index], '<') ? 1 : is(tokens[index], '>') ? -1 : 0;
    index = is(tokens[index], 'class', ';') ? tokens.length : after(tokens, index);
  }
  return index;
}

function membersOf(tokens: readonly ScriptToken[], { from, to }: Range): ScriptMember[] {
  const members: ScriptMember[] = [];
  let index = from;
  while (index < to) {
    const { member, next } = memberAt(tokens, index, to);
    members.push(...member ? [member] : []);
    index = Math.max(next, index + 1);
  }
  return members;
}

function memberAt(tokens: readonly ScriptToken[], from: number, to: number): { member?: ScriptMember; next: number } {
  const modifiers = new Set<string>();
  let index = from;
  // A modifier that is followed by what follows a name is a name itself: `get() {}`, `static = 1`.
  while (index < to && tokens[index].kind === 'word' && MODIFIERS.has(tokens[index].value) && !is(tokens[index + 1], '(', '=', ';', ':', '?', '!', '<', '}')) {
    modifiers.add(tokens[index].value);
    index += 1;
  }
  index = is(tokens[index], '*') ? index + 1 : index;
  if (index >= to || is(tokens[index], '@')) {
    return { next: index < to ? afterDecorator(tokens, index) : to };
  }
  if (is(tokens[index], '{')) {
    return { next: after(tokens, index) };
  }
  const name = nameAt(tokens, index);
  index = after(tokens, index);
  index = is(tokens[index], '?', '!') ? index + 1 : index;
  if (name === undefined || index > to) {
    return { next: index };
  }
  const isMethod = is(tokens[index], '(', '<');
  const body = isMethod ? methodBody(tokens, index, to) : propertyValue(tokens, index, to);
  return {
    member: body.found && { name, kind: isMethod ? (modifiers.has('get') ? 'getter' : 'method') : 'property', isStatic: modifiers.has('static'), body: body.found },
    next: body.next,
  };
}

/** `@name`, `@name.of(…)`. */
function afterDecorator(tokens: readonly ScriptToken[], at: number): number {
  let index = at + 2;
  while (is(tokens[index], '.', '(')) {
    index = is(tokens[index], '.') ? index + 2 : after(tokens, index);
  }
  return index;
}

/** A plain name, or a text, with or without brackets around it. */
function nameAt(tokens: readonly ScriptToken[], index: number): string | undefined {
  const token = tokens[index];
  if (is(token, '[')) {
    return tokens[index + 1]?.kind === 'text' && token.partner === index + 2 ? tokens[index + 1].value : '[]';
  }
  return token?.kind === 'sign' ? undefined : token?.value;
}

interface Body {
  /** Undefined for what has no body, such as a signature. */
  readonly found?: Range;
  readonly next: number;
}

function methodBody(tokens: readonly ScriptToken[], from: number, to: number): Body {
  let index = from;
  let depth = 0;
  while (index < to && !is(tokens[index], ';')) {
    const isType = depth > 0 || is(tokens[index - 1], ...BEFORE_A_TYPE);
    if (is(tokens[index], '{') && !isType) {
      return { found: { from: index + 1, to: tokens[index].partner ?? to }, next: after(tokens, index) };
    }
    depth += is(tokens[index], '<') ? 1 : is(tokens[index], '>') ? -1 : 0;
    index = after(tokens, index);
  }
  return { next: index + 1 };
}

function propertyValue(tokens: readonly ScriptToken[], from: number, to: number): Body {
  if (tokens[from]?.startsLine && beginsSomething(tokens[from])) {
    return { next: from };
  }
  const end = endOfExpression(tokens, from, to);
  let index = from;
  while (index < end && !is(tokens[index], '=')) {
    index = after(tokens, index);
  }
  const next = end < to && is(tokens[end], ';') ? end + 1 : end;
  return { found: index < end ? { from: index + 1, to: end } : undefined, next };
}
