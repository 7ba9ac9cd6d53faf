import { checkTemplate } from '../check-template';
import { Json } from '../json';
import { findingsAfter } from '../seed';
import { Template } from '../template';

const healthy: Template = {
  Parameters: { Sources: { Type: 'CommaDelimitedList' }, Source: { Type: 'String' } },
  Resources: {
    Rule: {
      Type: 'AWS::Events::Rule',
      Properties: {
        EventPattern: {
          'source': ['aws.backup', { prefix: 'shop.' }],
          'detail-type': [{ 'anything-but': ['Heartbeat'] }],
          'account': [{ Ref: 'AWS::AccountId' }],
          'region': { Ref: 'Sources' },
          'detail': { state: ['FAILED'], $or: [{ size: [{ numeric: ['>', 0] }] }, { size: [{ exists: false }] }] },
        },
      },
    },
    Archive: { Type: 'AWS::Events::Archive', Properties: { EventPattern: { source: ['shop'] } } },
  },
};

describe('event-pattern', () => {
  test('accepts lists of values and of matchers, however deep', () => {
    expect(checkTemplate(healthy)).toEqual([]);
  });

  test.each<[string, Json, string]>([
    ['Rule.EventPattern.source', 'aws.backup', "'EventPattern.source' must be a list, got \"aws.backup\""],
    ['Rule.EventPattern.detail.state', 'FAILED', "'EventPattern.detail.state' must be a list, got \"FAILED\""],
    ['Rule.EventPattern.detail.state', true, "'EventPattern.detail.state' must be a list, got true"],
    ['Rule.EventPattern.detail.state', [], "'EventPattern.detail.state' must not be an empty list"],
    ['Rule.EventPattern.detail.state', [['FAILED']], "'EventPattern.detail.state' must not hold a list inside its list"],
    ['Rule.EventPattern.detail', {}, "'EventPattern.detail' must not be empty"],
    ['Rule.EventPattern.detail.$or.1.size', 1, "'EventPattern.detail.$or.1.size' must be a list, got 1"],
    ['Rule.EventPattern.source', { Ref: 'Source' }, "'EventPattern.source' must be a list, got Ref"],
    ['Rule.EventPattern.source', { 'Fn::Sub': 'x-${Source}' }, "'EventPattern.source' must be a list, got Fn::Sub"],
    ['Archive.EventPattern.source', 'shop', "'EventPattern.source' must be a list, got \"shop\""],
  ])('finds %s of %j', (path, value, message) => {
    expect(findingsAfter(healthy, path, value)).toEqual([{ check: 'event-pattern', logicalId: path.split('.')[0], message }]);
  });
});
