/** Whether a volume can stand at this path of an image: absolute, below the root, and no file system of the kernel. */
export function isImagePath(path: string): boolean {
  return /^(\/(?!\.{1,2}(\/|$))[\w.+-]+)+$/.test(path) && !/^\/(proc|sys|dev)(\/|$)/.test(path);
}
