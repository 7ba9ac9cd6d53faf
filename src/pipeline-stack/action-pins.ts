import type { SetupAction } from './setup-action';

/** Every action that the workflows use, at the commit of one release. */
export const ACTIONS = {
  checkout: { uses: 'actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1', release: 'v7.0.1' },
  setupNode: { uses: 'actions/setup-node@820762786026740c76f36085b0efc47a31fe5020', release: 'v7.0.0' },
  uploadArtifact: { uses: 'actions/upload-artifact@043fb46d1a93c77aae656e7c1c64a875d1fc6a0a', release: 'v7.0.1' },
  downloadArtifact: { uses: 'actions/download-artifact@3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c', release: 'v8.0.1' },
  setupQemu: { uses: 'docker/setup-qemu-action@96fe6ef7f33517b61c61be40b68a1882f3264fb8', release: 'v4.2.0' },
  configureAwsCredentials: { uses: 'aws-actions/configure-aws-credentials@e1253824e5c10ff9df46874f81ed3ec929e19cfd', release: 'v6.3.0' },
} as const satisfies { readonly [name: string]: SetupAction };

/** The image of QEMU that the action runs, which else is whatever `latest` names. */
export const EMULATORS = 'docker.io/tonistiigi/binfmt:qemu-v10.2.3'
  + '@sha256:400a4873b838d1b89194d982c45e5fb3cda4593fbfd7e08a02e76b03b21166f0';
