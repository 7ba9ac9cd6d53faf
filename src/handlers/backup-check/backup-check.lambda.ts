import { Backup } from '@aws-sdk/client-backup';
import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { backupCheck } from './backup-check';

/** Calls take seconds: who waits for longer waits in vain, and the next hour asks again. */
const options = { requestHandler: { connectionTimeout: 3_000, requestTimeout: 10_000, throwOnRequestTimeout: true } };

const [backup, cloudFormation] = [new Backup(options), new CloudFormation(options)];

export const handler = backupCheck({ backup, cloudFormation, now: Date.now });
