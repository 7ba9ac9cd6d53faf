import { Check } from '../finding';
import { adminPolicy } from './admin-policy';
import { backupSchedule } from './backup-schedule';
import { danglingReference } from './dangling-reference';
import { dashboardBody } from './dashboard-body';
import { dependencyCycle } from './dependency-cycle';
import { deploymentDuration } from './deployment-duration';
import { eventPattern } from './event-pattern';
import { eventSchedule } from './event-schedule';
import { fargateSize } from './fargate-size';
import { healthCheckTiming } from './health-check-timing';
import { listenerPriority } from './listener-priority';
import { listenerTls } from './listener-tls';
import { openIngress } from './open-ingress';
import { parameterGroupFamily } from './parameter-group-family';
import { rdsBackupRetention } from './rds-backup-retention';
import { referenceType } from './reference-type';
import { scalingRange } from './scaling-range';
import { serviceContainer } from './service-container';
import { templateSize } from './template-size';
import { trafficShift } from './traffic-shift';

/** Every rule that a template has to keep; a check that is not listed here is not run. */
export const CHECKS: readonly Check[] = [
  // The template as a whole.
  dependencyCycle,
  danglingReference,
  referenceType,
  templateSize,
  // Times and ranges.
  backupSchedule,
  eventSchedule,
  scalingRange,
  healthCheckTiming,
  // Databases.
  rdsBackupRetention,
  parameterGroupFamily,
  // Services and their traffic.
  serviceContainer,
  trafficShift,
  deploymentDuration,
  fargateSize,
  listenerPriority,
  // Documents inside the template.
  dashboardBody,
  eventPattern,
  // Who may come in, and who may do what.
  listenerTls,
  openIngress,
  adminPolicy,
];
