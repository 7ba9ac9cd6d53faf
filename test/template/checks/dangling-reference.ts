import { danglingReferences } from '../dangling-references';
import { Check } from '../finding';

export const danglingReference: Check = {
  name: 'dangling-reference',
  sentence: 'CloudFormation refuses a template that names what it does not define',
  find: danglingReferences,
};
