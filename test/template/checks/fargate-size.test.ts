import { checkTemplate } from '../check-template';
import { JsonObject } from '../json';
import { Template } from '../template';

function task(properties: JsonObject): Template {
  return { Resources: { Task: { Type: 'AWS::ECS::TaskDefinition', Properties: { RequiresCompatibilities: ['FARGATE'], ...properties } } } };
}

describe('fargate-size', () => {
  test.each<[string, string]>([
    ['256', '512'], ['256', '2048'], ['512', '3072'], ['1024', '2048'], ['2048', '16384'], ['4096', '30720'],
    ['8192', '20480'], ['16384', '122880'], ['32768', '61440'], ['.5 vCPU', '4 GB'],
  ])('accepts %s CPU units with %s MiB', (Cpu, Memory) => {
    expect(checkTemplate(task({ Cpu, Memory }))).toEqual([]);
  });

  test('asks nothing of a task that does not run on Fargate', () => {
    expect(checkTemplate(task({ RequiresCompatibilities: ['EC2'] }))).toEqual([]);
  });

  test.each<[JsonObject, string]>([
    [{ Cpu: '256', Memory: '4096' }, "'Memory' for 256 CPU units must be one of 512, 1024, 2048 MiB, got 4096"],
    [{ Cpu: '256', Memory: '1536' }, "'Memory' for 256 CPU units must be one of 512, 1024, 2048 MiB, got 1536"],
    [{ Cpu: '512', Memory: '512' }, "'Memory' for 512 CPU units must be one of 1024, 2048, 3072, 4096 MiB, got 512"],
    [{ Cpu: '1 vCPU', Memory: '1 GB' }, "'Memory' for 1024 CPU units must be one of 2048, 3072, 4096, 5120, 6144, 7168, 8192 MiB, got 1024"],
    [{ Cpu: '300', Memory: '512' }, "'Cpu' must be one of 256, 512, 1024, 2048, 4096, 8192, 16384, 32768, got 300"],
    [{ Cpu: '256' }, "'Cpu' and 'Memory' are both required on Fargate"],
  ])('finds %j', (size, message) => {
    expect(checkTemplate(task(size))).toEqual([{ check: 'fargate-size', logicalId: 'Task', message }]);
  });
});
