import { cycles } from '../cycles';
import { Check } from '../finding';

export const dependencyCycle: Check = {
  name: 'dependency-cycle',
  sentence: 'CloudFormation refuses resources that wait for one another',
  find: (template) => cycles(template).map((cycle) => ({ logicalId: cycle.split(' ')[0], message: `depends on itself: ${cycle}` })),
};
