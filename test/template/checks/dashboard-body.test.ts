import { checkTemplate } from '../check-template';
import { findingsAfter } from '../seed';
import { Template } from '../template';

const healthy: Template = {
  Parameters: { Seconds: { Type: 'Number' } },
  Resources: {
    Dashboard: {
      Type: 'AWS::CloudWatch::Dashboard',
      Properties: {
        DashboardBody: { 'Fn::Join': ['', ['{"widgets":[{"type":"metric","properties":{"region":"', { Ref: 'AWS::Region' }, '","period":', { Ref: 'Seconds' }, '}}]}']] },
      },
    },
    Substituted: { Type: 'AWS::CloudWatch::Dashboard', Properties: { DashboardBody: { 'Fn::Sub': '{"widgets":[],"start":"${AWS::Region}"}' } } },
    Unknown: { Type: 'AWS::CloudWatch::Dashboard', Properties: { DashboardBody: { Ref: 'Seconds' } } },
  },
};

describe('dashboard-body', () => {
  test('accepts JSON around tokens, both as texts and as numbers', () => {
    expect(checkTemplate(healthy)).toEqual([]);
  });

  test.each([
    ['a plain text', '{"widgets":[}'],
    ['a join', { 'Fn::Join': ['', ['{"region":"', { Ref: 'AWS::Region' }, '}']] }],
    ['a substitution', { 'Fn::Sub': '{"region":${AWS::Region}' }],
  ])('finds %s that is no JSON', (_, body) => {
    expect(findingsAfter(healthy, 'Dashboard.DashboardBody', body)).toEqual([
      { check: 'dashboard-body', logicalId: 'Dashboard', message: expect.stringContaining("'DashboardBody' must be a JSON object: ") as string },
    ]);
  });

  test('finds JSON that is no object', () => {
    expect(findingsAfter(healthy, 'Dashboard.DashboardBody', '[]')).toEqual([
      { check: 'dashboard-body', logicalId: 'Dashboard', message: "'DashboardBody' must be a JSON object: got []" },
    ]);
  });
});
