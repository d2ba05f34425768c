/** The longer side, in pixels: what X shows, and what gets through in a full hall. */
const LONGEST_SIDE = 2048
/** Below this a photo goes as it is. Bytes. */
const SMALL = 600_000

/** A photo as small as it needs to be, upright, without the place where it was taken; itself where the browser can't read it. */
export async function smallerPhoto(file: File): Promise<Blob> {
  if (file.size <= SMALL || !/^image\/(jpeg|png|webp|heic|heif)$/.test(file.type)) return file
  try {
    const image = await createImageBitmap(file, { imageOrientation: 'from-image' })
    const scale = Math.min(1, LONGEST_SIDE / Math.max(image.width, image.height))
    const canvas = document.createElement('canvas')
    canvas.width = Math.round(image.width * scale)
    canvas.height = Math.round(image.height * scale)
    canvas.getContext('2d')!.drawImage(image, 0, 0, canvas.width, canvas.height)
    const smaller = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.85))
    return smaller && smaller.size < file.size ? smaller : file
  } catch {
    return file
  }
}
