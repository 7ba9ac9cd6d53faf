import { EXPRESSION, type Script, type ScriptToken } from './script';
import { after, classesOf, endOfExpression, is, type Range, type ScriptClass, type ScriptMember } from './script-class';

/** A method that is called on an object: `runner.dropTable('orders')`. */
export interface ScriptCall {
  readonly method: string;
  /** What stands between the parentheses, in its words and signs. */
  readonly text: string;
}

/** As many words and signs of a call are looked at. */
const LONGEST_CALL = 2000;

/** What the classes of a script hold, and what their methods lead to. */
export class ScriptReach {
  public readonly classes: readonly ScriptClass[];
  private readonly tokens: readonly ScriptToken[];
  private readonly declared = new Map<string, Range>();

  constructor(script: Script) {
    this.tokens = script.tokens;
    this.classes = classesOf(script);
    this.readDeclarations();
  }

  /** What an object of the class has by this name, also from a class that it extends in the same script. */
  public memberOf(owner: ScriptClass, name: string): ScriptMember | undefined {
    return this.membersOf(owner, name).find((it) => !it.isStatic);
  }

  /** What a member does: what stands in the function, also where the member is a property that holds one. */
  public doneBy({ kind, body }: ScriptMember): readonly ScriptToken[] {
    if (kind !== 'property') {
      return this.tokens.slice(body.from, body.to);
    }
    for (let index = body.from; index < body.to; index = after(this.tokens, index)) {
      const isArrow = is(this.tokens[index - 1], '=>') && index > body.from;
      const isBody = is(this.tokens[index], '{') && (isArrow || is(this.tokens[body.from], 'function', 'async'));
      if (isBody) {
        return this.tokens.slice(index + 1, this.tokens[index].partner ?? body.to);
      }
      if (isArrow) {
        return this.tokens.slice(index, body.to);
      }
    }
    return this.tokens.slice(body.from, body.to);
  }

  /** What a property, a getter or the constructor gives to this name; undefined where it is not written right there. */
  public valueOf(owner: ScriptClass, name: string): { readonly text?: string; readonly word?: string } | undefined {
    const member = this.membersOf(owner, name).find((it) => !it.isStatic && it.kind !== 'method');
    const assigned = this.assignedInConstructor(owner, name);
    if (!member && !assigned) {
      return undefined;
    }
    const { from, to } = assigned ?? member!.body;
    return this.literalAt(is(this.tokens[from], 'return') ? from + 1 : from, to);
  }

  /** The member and all that it leads to: other members, functions and constants of the script. */
  public ledToBy(owner: ScriptClass, name: string): Range[] {
    const member = this.memberOf(owner, name);
    const ranges = member ? [member.body] : [];
    const seen = new Set(ranges.map(({ from }) => from));
    // It grows while it is walked through.
    for (const { from, to } of ranges) {
      for (let index = from; index < to; index += 1) {
        const next = this.tokens[index].kind === 'word' ? this.namedAt(owner, index) : [];
        next.filter((it) => !seen.has(it.from)).forEach((it) => {
          seen.add(it.from);
          ranges.push(it);
        });
      }
    }
    return ranges;
  }

  /** The texts in these parts, each with what is joined to it by `+`. */
  public textsIn(ranges: readonly Range[]): string[] {
    return ranges.flatMap(({ from, to }) => {
      const texts: string[] = [];
      const joined = new Set<number>();
      for (let index = from; index < to; index += 1) {
        if (this.tokens[index].kind === 'text' && !joined.has(index)) {
          const whole = this.joined(index, to);
          whole.parts.forEach((it) => joined.add(it));
          texts.push(whole.text);
        }
      }
      return texts;
    });
  }

  /** The calls of methods in these parts. */
  public callsIn(ranges: readonly Range[]): ScriptCall[] {
    return ranges.flatMap(({ from, to }) => {
      const calls: ScriptCall[] = [];
      for (let index = from + 1; index < to - 1; index += 1) {
        const [dot, name, opening] = this.tokens.slice(index - 1, index + 2);
        if (is(dot, '.') && name.kind === 'word' && is(opening, '(')) {
          const end = Math.min(opening.partner ?? to, index + 2 + LONGEST_CALL);
          const text = this.tokens.slice(index + 2, end).map((it) => (it.kind === 'text' ? `'${it.value}'` : it.value)).join(' ');
          calls.push({ method: name.value, text });
        }
      }
      return calls;
    });
  }

  private membersOf(owner: ScriptClass, name: string): ScriptMember[] {
    return this.lineage(owner).flatMap((it) => it.members.filter((member) => member.name === name));
  }

  /** The class, the one that it extends, and so on, as far as they stand in the script. */
  private lineage(owner: ScriptClass): ScriptClass[] {
    const line = [owner];
    for (let { base } = owner; base !== undefined;) {
      const next = this.classes.find((it) => it.name === base);
      base = next && !line.includes(next) ? next.base : undefined;
      line.push(...next && !line.includes(next) ? [next] : []);
    }
    return line;
  }

  /** What a word stands for: after `this.` and the name of a class one of its members, alone something of the script. */
  private namedAt(owner: ScriptClass, index: number): Range[] {
    const { value } = this.tokens[index];
    if (!is(this.tokens[index - 1], '.')) {
      return this.declared.has(value) ? [this.declared.get(value)!] : [];
    }
    const before = this.tokens[index - (is(this.tokens[index - 2], '?', '!') ? 3 : 2)];
    const holder = is(before, 'this', 'super') ? owner : this.classes.find((it) => before?.kind === 'word' && it.name === before.value);
    const members = holder ? this.membersOf(holder, value) : [];
    return (is(before, 'super') ? members.filter((it) => !owner.members.includes(it)) : members.slice(0, 1)).map((it) => it.body);
  }

  private readDeclarations(): void {
    for (let index = 0; index < this.tokens.length; index = after(this.tokens, index)) {
      const name = this.tokens[index + 1];
      if (name?.kind === 'word' && !is(this.tokens[index - 1], '.')) {
        if (is(this.tokens[index], 'const', 'let', 'var') && !is(this.tokens[index + 3], 'class')) {
          this.declared.set(name.value, { from: index + 2, to: endOfExpression(this.tokens, index + 2, this.tokens.length) });
        } else if (is(this.tokens[index], 'function', 'enum')) {
          this.declared.set(name.value, { from: index + 2, to: this.endOfBlock(index + 2) });
        }
      }
    }
  }

  private endOfBlock(from: number): number {
    let index = from;
    while (index < this.tokens.length && !is(this.tokens[index], '{', ';', 'function', 'enum')) {
      index = after(this.tokens, index);
    }
    return index < this.tokens.length ? after(this.tokens, index) : index;
  }

  private assignedInConstructor(owner: ScriptClass, name: string): Range | undefined {
    return this.membersOf(owner, 'constructor').flatMap(({ body }) => {
      for (let index = body.from; index < body.to - 3; index += 1) {
        const [self, dot, property, equals] = this.tokens.slice(index, index + 4);
        if (is(self, 'this') && is(dot, '.') && is(property, name) && is(equals, '=')) {
          return [{ from: index + 4, to: endOfExpression(this.tokens, index + 4, body.to) }];
        }
      }
      return [];
    })[0];
  }

  private literalAt(from: number, to: number): { text?: string; word?: string } {
    const token = this.tokens[from];
    const { text, next } = this.joined(from, to);
    if (from >= to || token.kind === 'sign' || (next < to && !is(this.tokens[next], 'as', 'satisfies', ';'))) {
      return {};
    }
    if (token.kind === 'text') {
      return text.includes(EXPRESSION) ? {} : { text };
    }
    const constant = this.declared.get(token.value);
    const value = constant && this.tokens[constant.to - 1];
    return value?.kind === 'text' && is(this.tokens[constant!.to - 2], '=') ? { text: value.value } : { word: token.value };
  }

  /** Texts joined by `+`; what else is joined is an expression, whose value only the run knows. */
  private joined(from: number, to: number): { readonly text: string; readonly parts: readonly number[]; readonly next: number } {
    const parts: number[] = [];
    let text = this.tokens[from]?.value ?? '';
    let index = this.afterExpressions(from + 1);
    while (index + 1 < to && is(this.tokens[index], '+')) {
      const at = index + 1;
      if (this.tokens[at].kind === 'text') {
        parts.push(at);
        text += this.tokens[at].value;
        index = this.afterExpressions(at + 1);
      } else {
        text += EXPRESSION;
        index = this.afterOperand(at, to);
      }
    }
    return { text, parts, next: index };
  }

  private afterOperand(from: number, to: number): number {
    let index = from;
    while (index < to && this.tokens[index].kind !== 'text' && !is(this.tokens[index], '+', ')', ',', ';', '}', ']')) {
      index = after(this.tokens, index);
    }
    return index;
  }

  /** Those of a template, which follow it. */
  private afterExpressions(from: number): number {
    let index = from;
    while (is(this.tokens[index], '${')) {
      index = after(this.tokens, index);
    }
    return index;
  }
}
