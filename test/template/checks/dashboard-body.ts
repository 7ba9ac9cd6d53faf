import { Check } from '../finding';
import { isObject, Json } from '../json';
import { resourcesOfType } from '../template';
import { textOf } from '../text';

export const dashboardBody: Check = {
  name: 'dashboard-body',
  sentence: 'CloudWatch refuses a dashboard whose body is not a JSON object',
  find: (template) => resourcesOfType(template, 'AWS::CloudWatch::Dashboard').flatMap(({ logicalId, properties }) => {
    // A digit stands for a token equally well inside a JSON text and as a bare JSON number.
    const body = textOf(properties.DashboardBody, '0');
    const defect = body === undefined ? undefined : bodyDefect(body);
    return defect ? [{ logicalId, message: `'DashboardBody' must be a JSON object: ${defect}` }] : [];
  }),
};

function bodyDefect(body: string): string | undefined {
  let parsed: Json;
  try {
    parsed = JSON.parse(body) as Json;
  } catch (error) {
    return (error as Error).message;
  }
  return isObject(parsed) ? undefined : `got ${JSON.stringify(parsed)}`;
}
