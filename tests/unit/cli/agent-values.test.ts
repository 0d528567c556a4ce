import { describe, expect, it } from "vitest";
import { defaultsOf, namesOf, wordsOf } from "../../../cli/agent-values.ts";

describe("--defaults", () => {
  it.each<[string, unknown]>([
    ["a=1,b=two,c=3", { a: 1, b: "two", c: 3 }],
    ['zip="01234",n=5', { zip: "01234", n: 5 }],
    ["zip='01234'", { zip: "01234" }],
    ['note="a, b=c",x=1', { note: "a, b=c", x: 1 }],
    ["note='it''s, so',x=1", { note: "it's, so", x: 1 }],
    ['note="say \\"hi\\", then",x=1', { note: 'say "hi", then', x: 1 }],
    ["on=true,off=false,none=null,tilde=~", { on: true, off: false, none: null, tilde: null }],
    [
      "yes=yes,version=1.10.2,f=0.5,neg=-3,exp=1e3",
      { yes: "yes", version: "1.10.2", f: 0.5, neg: -3, exp: 1000 },
    ],
    ["hex=0x10,inf=.inf,big=12345678901234567890", { hex: 16, inf: ".inf", big: "12345678901234567890" }],
    ["list=[1],map={a: 1}", { list: "[1]", map: "{a: 1}" }],
    ["hash=a #b,star=*x,colon=a: b,at=@x", { hash: "a #b", star: "*x", colon: "a: b", at: "@x" }],
    ["key=a=b=c", { key: "a=b=c" }],
    ["empty=,blank= ", { empty: "", blank: "" }],
    [" a = 1 , b = x y ,", { a: 1, b: "x y" }],
    ["date=2026-11-24", { date: "2026-11-24" }],
    ["it=it's,x=1", { it: "it's", x: 1 }],
    ["", {}],
  ])("%s", (text, wanted) => expect(defaultsOf(text)).toEqual(wanted));

  it("takes each value for what it is: a text among numbers stays a text, and they stay numbers", () => {
    expect(defaultsOf("retries=3,model=small,depth=0,budget=2.5")).toEqual({
      retries: 3,
      model: "small",
      depth: 0,
      budget: 2.5,
    });
  });

  it.each(["a", "=1", "a=1,b"])("refuses %s", (text) => {
    expect(() => defaultsOf(text)).toThrow("write it as name=value");
  });
});

describe("--launch-command", () => {
  it.each([
    ["editor acp", ["editor", "acp"]],
    ["  a \t b\nc ", ["a", "b", "c"]],
    [`a 'b c' "d e"`, ["a", "b c", "d e"]],
    [`a ''  ""`, ["a", "", ""]],
    [`pre'mid dle'"post fix"x`, ["premid dlepost fixx"]],
    ["a\\ b \\'c \\\\d", ["a b", "'c", "\\d"]],
    [`"q \\" \\\\ \\$x \\n"`, ['q " \\ $x \\n']],
    ["'\\n \"'", ['\\n "']],
    ["a; b | c && $(d) `e` $F > g *", ["a;", "b", "|", "c", "&&", "$(d)", "`e`", "$F", ">", "g", "*"]],
    ["a \\\nb", ["a", "b"]],
  ])("%j", (line, words) => expect(wordsOf(line)).toEqual(words));

  it.each(["a 'b", 'a "b', 'a "b\\"', "a \\", "'", 'x"'])("refuses %j, which isn't closed", (line) => {
    expect(() => wordsOf(line)).toThrow("not closed");
  });
  it.each(["", "  "])("refuses %j, which names nothing", (line) => {
    expect(() => wordsOf(line)).toThrow("names no program");
  });
});

it("names are separated by commas, and spaces around them don't count", () => {
  expect(namesOf(" a, b.c ,,d")).toEqual(["a", "b.c", "d"]);
  expect(namesOf("")).toEqual([]);
});
