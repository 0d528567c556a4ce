/** How figures are said. */
export const many = (count: number, thing: string) =>
  `${count.toLocaleString("en-US")} ${thing}${count === 1 ? "" : "s"}`;

export const megabytes = (bytes: number) => `${(bytes / 1024 / 1024).toFixed(1)} MB`;
