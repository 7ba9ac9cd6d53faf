import { LambdaClients } from './clients';
import { migrationGate } from './migration-gate';

export const handler = migrationGate(new LambdaClients());
