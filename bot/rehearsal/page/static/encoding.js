// Files on their way to the rehearsal, which takes JSON.

const MOST = 10 * 1024 * 1024; // what Discord takes

/** A file as the rehearsal takes it. */
export function encoded(file) {
  if (file.size > MOST) throw new Error(`“${file.name}” is larger than 10 MB, which is all that Discord takes.`);
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve({ name: file.name, content: reader.result.slice(reader.result.indexOf(",") + 1) });
    reader.onerror = () => reject(new Error(`“${file.name}” cannot be read.`));
    reader.readAsDataURL(file);
  });
}
