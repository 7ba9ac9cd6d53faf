import * as fs from 'fs';
import * as path from 'path';
import { Token } from 'aws-cdk-lib';

/** What the build lays beside the code: one bundle for each region, and a list of them with dates and fingerprints. */
const DIRECTORY = path.join(__dirname, '..', '..', 'assets', 'rds-certificates');

/**
 * The certificate authorities of Amazon RDS in a region, as PEM: those of RSA 2048, RSA 4096 and ECC 384. Undefined for a
 * region that only the deployment knows, and for one whose authorities this package does not have.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html
 */
export function certificateAuthoritiesOf(region: string): string | undefined {
  return !Token.isUnresolved(region) && regionsWithAuthorities().includes(region)
    ? fs.readFileSync(path.join(DIRECTORY, `${region}.pem`), 'utf8')
    : undefined;
}

/** The regions whose authorities this package has. */
export function regionsWithAuthorities(): string[] {
  regions ??= Object.keys(JSON.parse(fs.readFileSync(path.join(DIRECTORY, 'manifest.json'), 'utf8')).regions);
  return regions;
}

let regions: string[] | undefined;
