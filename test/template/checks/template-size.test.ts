import { checkTemplate } from '../check-template';
import { Template } from '../template';

function templateOf(count: number, text = ''): Template {
  const resource = { Type: 'Test::Thing', Properties: { text } };
  return { Resources: Object.fromEntries(Array.from({ length: count }, (_, index) => [`Thing${index}`, resource])) };
}

describe('template-size', () => {
  test('accepts 500 resources in less than 1 MB', () => {
    expect(checkTemplate(templateOf(500, 'x'.repeat(1_800)))).toEqual([]);
  });

  test('finds the 501st resource', () => {
    expect(checkTemplate(templateOf(501))).toEqual([
      { check: 'template-size', logicalId: '(template)', message: 'must have at most 500 resources, got 501' },
    ]);
  });

  test('finds a template of more than 1 MB, counted in bytes', () => {
    expect(checkTemplate(templateOf(1, 'ü'.repeat(500_000)))).toEqual([
      { check: 'template-size', logicalId: '(template)', message: expect.stringMatching(/^must have at most 1000000 bytes, got 1000\d{3}$/) as string },
    ]);
  });
});
