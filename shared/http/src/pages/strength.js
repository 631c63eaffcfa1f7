// An estimate while typing; what counts is what the server says.
export const estimate = (told) => {
  const input = told.parentElement.querySelector("input");
  const say = () => {
    const text = input.value;
    const kinds = [[/[a-z]/, 26], [/[A-Z]/, 26], [/[0-9]/, 10], [/[^a-zA-Z0-9]/, 33]];
    const pool = kinds.reduce((sum, [kind, size]) => sum + (kind.test(text) ? size : 0), 0);
    // A letter that repeats or follows the one before it adds nothing.
    const codes = Array.from(text, (c) => c.codePointAt(0));
    const own = codes.filter((c, at) => at === 0 || Math.abs(c - codes[at - 1]) > 1).length;
    const bits = Math.min(own, 2 * new Set(codes).size) * Math.log2(pool || 1);
    const level = [28, 40, 60, 80].filter((limit) => bits >= limit).length;
    told.dataset.level = text ? level : "";
    told.textContent = text ? told.dataset.words.split("|")[level] : "";
  };
  input.addEventListener("input", say);
  say();
};
