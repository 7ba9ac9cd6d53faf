/** Busybox of Docker Hub for all processors, from the mirror that Amazon keeps. The digest is that of the list of platforms. */
export const BUSYBOX = 'public.ecr.aws/docker/library/busybox:1.36.1@sha256:73aaf090f3d85aa34ee199857f03fa3a95c8ede2ffd4cc2cdb5b94e566b11662';
