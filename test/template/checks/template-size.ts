import { Check, Defect, WHOLE_TEMPLATE } from '../finding';

const MAXIMUM_RESOURCES = 500;
const MAXIMUM_BYTES = 1_000_000;

export const templateSize: Check = {
  name: 'template-size',
  sentence: 'CloudFormation refuses a template of more than 500 resources or 1 MB, as the CDK uploads it',
  find: (template) => {
    const defects: Defect[] = [];
    const count = Object.keys(template.Resources ?? {}).length;
    if (count > MAXIMUM_RESOURCES) defects.push({ logicalId: WHOLE_TEMPLATE, message: `must have at most ${MAXIMUM_RESOURCES} resources, got ${count}` });

    const bytes = Buffer.byteLength(JSON.stringify(template, undefined, 1));
    if (bytes > MAXIMUM_BYTES) defects.push({ logicalId: WHOLE_TEMPLATE, message: `must have at most ${MAXIMUM_BYTES} bytes, got ${bytes}` });
    return defects;
  },
};
