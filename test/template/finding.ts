import { Template } from './template';

export interface Defect {
  readonly logicalId: string;
  /** What is wrong, the limit, the value got; house style: no full stop. */
  readonly message: string;
}

export interface Finding extends Defect {
  readonly check: string;
}

/** One rule about a template that no schema expresses. */
export interface Check {
  readonly name: string;
  /** Why it is a rule: what the service does with a template that breaks it. */
  readonly sentence: string;
  find(template: Template): Defect[];
}

/** The logical id of a defect that belongs to no single resource. */
export const WHOLE_TEMPLATE = '(template)';
