import { Check } from '../finding';
import { elements, Json, numeric } from '../json';
import { resourcesOfType } from '../template';

/** Memory in MiB that Fargate offers per CPU units. */
const MEMORY: { readonly [cpu: number]: readonly number[] } = {
  256: [512, 1024, 2048],
  512: range(1024, 4096, 1024),
  1024: range(2048, 8192, 1024),
  2048: range(4096, 16384, 1024),
  4096: range(8192, 30720, 1024),
  8192: range(16384, 61440, 4096),
  16384: range(32768, 122880, 8192),
  32768: [61440, 122880, 249856],
};

export const fargateSize: Check = {
  name: 'fargate-size',
  sentence: 'Fargate sells CPU and memory in fixed pairs, and ECS refuses a task definition of any other size',
  find: (template) => resourcesOfType(template, 'AWS::ECS::TaskDefinition').flatMap(({ logicalId, properties }) => {
    if (!elements(properties.RequiresCompatibilities).includes('FARGATE')) return [];
    const message = sizeDefect(properties.Cpu, properties.Memory);
    return message ? [{ logicalId, message }] : [];
  }),
};

function sizeDefect(cpuValue: Json | undefined, memoryValue: Json | undefined): string | undefined {
  if (cpuValue === undefined || memoryValue === undefined) return "'Cpu' and 'Memory' are both required on Fargate";
  const [cpu, memory] = [units(cpuValue, 'vCPU'), units(memoryValue, 'GB')];
  if (cpu === undefined || memory === undefined) return undefined;

  const offered = MEMORY[cpu];
  if (!offered) return `'Cpu' must be one of ${Object.keys(MEMORY).join(', ')}, got ${cpu}`;
  return offered.includes(memory) ? undefined : `'Memory' for ${cpu} CPU units must be one of ${offered.join(', ')} MiB, got ${memory}`;
}

/** CPU units or MiB, also when written as '.5 vCPU' or '1 GB'. */
function units(value: Json, large: string): number | undefined {
  const written = typeof value === 'string' ? new RegExp(`^([\\d.]+)\\s*${large}$`, 'i').exec(value) : null;
  return written ? Number(written[1]) * 1024 : numeric(value);
}

function range(from: number, to: number, step: number): number[] {
  return Array.from({ length: (to - from) / step + 1 }, (_, index) => from + index * step);
}
