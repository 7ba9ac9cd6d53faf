import type { IConstruct } from 'constructs';
import type { Protection } from '../contracts';
import { mustBeBeside } from '../private/account-and-region';
import { invalid } from '../private/invalid';

/** @see https://docs.aws.amazon.com/aws-backup/latest/devguide/API_GetSupportedResourceTypes.html */
const TYPES = [
  'Aurora', 'CloudFormation', 'DocumentDB', 'DynamoDB', 'EBS', 'EC2', 'EFS', 'EKS', 'FSx', 'Neptune', 'RDS', 'Redshift', 'Redshift Serverless', 'S3',
  'SAP HANA on Amazon EC2', 'Storage Gateway', 'Timestream', 'VirtualMachine',
];

/** @see https://docs.aws.amazon.com/aws-backup/latest/devguide/point-in-time-recovery.html */
const CONTINUOUS_TYPES = ['Aurora', 'RDS', 'S3', 'SAP HANA on Amazon EC2'];

/** @see https://docs.aws.amazon.com/aws-backup/latest/devguide/point-in-time-recovery-retention-period.html */
const MOST_CONTINUOUS_DAYS = 35;

/** Refuses what AWS Backup would refuse, or would silently leave out. */
export function mustBeTakenByAwsBackup(vault: IConstruct, { subject, resources, resourceType, pointInTime }: Protection): void {
  const refused = (must: string, got: unknown, remedy: string) => invalid(vault, `protect(${subject.node.path})`, { must, got, remedy });
  if (!TYPES.includes(resourceType)) {
    throw refused(`must be of a type that AWS Backup takes (${TYPES.join(', ')})`, resourceType, 'protect what holds the data, or keep copies of it elsewhere');
  }
  if (resources.length === 0) {
    throw refused('must name resources', '', 'return them in the protection');
  }
  if (resources.some(({ tagCondition, construct }) => tagCondition || construct)) {
    throw refused('must name resources by ARN', 'a tag or a construct', 'use BackupResource.fromArn: a tag selects whatever carries it');
  }
  const part = resources.find(({ resource = '' }) => /[*?]/.test(resource));
  if (part) {
    const remedy = 'name each of them: a part selects whatever is called like it';
    throw refused('must name resources by whole ARNs', part.resource, remedy);
  }
  if (pointInTime) {
    mustBePointInTime(vault, subject, resourceType, pointInTime.isUnresolved() ? NaN : pointInTime.toDays({ integral: false }));
  }
  mustBeBeside(vault, 'protect', subject, 'a plan of AWS Backup selects nothing elsewhere');
}

function mustBePointInTime(vault: IConstruct, subject: IConstruct, resourceType: string, days: number): void {
  if (!CONTINUOUS_TYPES.includes(resourceType)) {
    throw invalid(vault, `protect(${subject.node.path}).pointInTime`, {
      must: `must be left out but for ${CONTINUOUS_TYPES.join(', ')}`, got: resourceType, remedy: 'leave it out: AWS Backup would silently make daily backups instead',
    });
  }
  if (!Number.isInteger(days) || days < 1 || days > MOST_CONTINUOUS_DAYS) {
    throw invalid(vault, `protect(${subject.node.path}).pointInTime`, {
      must: `must be whole days from 1 to ${MOST_CONTINUOUS_DAYS}`, got: `${days} days`, remedy: 'daily backups reach further back',
    });
  }
}
