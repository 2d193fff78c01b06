// What a wallet or a marketplace shows: JSON and picture of a reservation, from the chain alone.
import { expect } from "chai"
import { seeded } from "./support/batch.ts"
import { ethers, fund, loadFixture, USD } from "./support/harbour.ts"
import { atDay, claim, type Quote, type Reserved, reserved, toDay, viewOf, withReservation, withStake } from "./support/reserved.ts"

interface Metadata {
  name: string
  image: string
  attributes: { trait_type: string; value: string }[]
}

async function shownOf({ reservations, id }: Pick<Reserved, "reservations" | "id">) {
  return metadataOf(await reservations.getFunction("tokenURI")(id))
}

function metadataOf(uri: string) {
  const json = Buffer.from(uri.replace(/^data:application\/json;base64,/, ""), "base64")
  const { name, image, attributes }: Metadata = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(json))
  const svg = Buffer.from(image.replace(/^data:image\/svg\+xml;base64,/, ""), "base64").toString()
  return { name, svg, traits: Object.fromEntries(attributes.map(({ trait_type, value }) => [trait_type, value])) }
}

/** The texts of the picture, and whether its tags are balanced and of the kinds that it is drawn with. */
function textsOf(svg: string): string[] {
  const open: string[] = []
  for (const [, close, tag, self] of svg.matchAll(/<(\/?)([^\s/>]*)[^<>]*?(\/?)>/g)) {
    expect(tag).to.be.oneOf(["svg", "style", "defs", "linearGradient", "stop", "rect", "path", "text"])
    if (close) expect(open.pop()).to.equal(tag)
    else if (!self) open.push(tag!)
  }
  expect(open).to.deep.equal([])
  return [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text!)
}

const day = (utcDay: number) => new Date(utcDay * 86_400_000).toISOString().slice(0, 10)

describe("tokenURI", () => {
  it("shows class, GPUs, node, term with dates, days served and what lies in the token, as of now", async () => {
    const running = await loadFixture(withReservation)
    const { node, first } = running
    await atDay(first + 4)
    await claim(running, first, [1440, 360, 360])
    const { name, svg, traits } = await shownOf(running)
    expect(name).to.equal(`2 x nvidia/rtx-4090, ${day(first)} to ${day(first + 29)}`)
    expect(traits).to.deep.equal({
      Class: "nvidia/rtx-4090",
      GPUs: "2",
      Node: node.address.toLowerCase(),
      "First day": day(first),
      "Last day": day(first + 29),
      Days: "30",
      "Days served": "1.5",
      "Price a day": "$24.00",
      "Refunds in the token": "$36.00",
      "Refunds asked for": "no",
    })
    const texts = textsOf(svg)
    for (const text of ["nvidia/rtx-4090", "2", node.address.toLowerCase(), `${day(first)} to ${day(first + 29)}`, "$36.00", "1.5 of 30"]) {
      expect(texts).to.include(text)
    }
    expect(svg).to.contain(`<rect x="24" y="216" width="${Math.floor((392 * 1.5) / 30)}"`)
  })

  it("counts days that have lapsed though nobody posted it", async () => {
    const running = await loadFixture(withReservation)
    await atDay(running.first + 9)
    expect((await shownOf(running)).traits["Refunds in the token"]).to.equal("$36.00")
    await atDay(running.first + 30)
    const { traits } = await shownOf(running)
    expect([traits.Days, traits["Last day"], traits["Refunds in the token"]]).to.deep.equal(["30", day(running.first + 2), "$756.00"])
  })

  it("escapes the class, which a stranger writes, for JSON and XML, and shows nothing that can't be printed", async () => {
    const staked = await loadFixture(withStake)
    const hostile = `</text><script>alert("1")</script>&amp;'\\"`
    const shown = await shownOf(await reserved(staked, { class: hostile }))
    expect(shown.traits.Class).to.equal(hostile)
    expect(textsOf(shown.svg)).to.include(hostile.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`))
    const controls = await reserved(staked, { class: "\u0000\n \u007f~\u00e9@]]>", nonce: seeded("controls") })
    const { traits, svg } = await shownOf(controls)
    expect(traits.Class).to.equal("?? ?~??@]]>")
    textsOf(svg)
  })

  it("shows bytes that are no text at all as question marks", async () => {
    const staked = await loadFixture(withStake)
    const { reservations, tenant, node, signer, domain } = staked
    // ethers sends strings as UTF-8 only: the quote is signed and sent with the bytes put in afterwards.
    const { quote } = await reserved(staked)
    const broken = { ...quote, class: "x".repeat(8), nonce: seeded("broken") } satisfies Quote
    const raw = "0xff80c0afedbfbffe"
    const types = "bytes32 t, address, address, bytes32, uint16, uint32, uint16, uint64, uint64, uint16, uint16, uint8, uint64, bytes32"
    const fields = Object.keys(quote).map((name) => (broken as unknown as Record<string, unknown>)[name])
    fields[2] = ethers.keccak256(raw)
    const typehash = ethers.id(
      "ReservationQuote(address node,address tenant,string class,uint16 gpus,uint32 startDay,uint16 term,uint64 pricePerDay,uint64 listPricePerDay,uint16 collateralBps,uint16 cancelFeeBps,uint8 claimPeriod,uint64 expires,bytes32 nonce)",
    )
    const struct = ethers.keccak256(
      ethers.AbiCoder.defaultAbiCoder().encode(
        types.split(", ").map((type) => type.split(" ")[0]!),
        [typehash, ...fields],
      ),
    )
    const separator = ethers.TypedDataEncoder.hashDomain(domain)
    const signature = node.signingKey.sign(ethers.keccak256(ethers.concat(["0x1901", separator, struct])))
    const data = reservations.interface.encodeFunctionData("reserve", [broken, signer.address, signature.r, signature.yParityAndS])
    await tenant.sendTransaction({
      to: reservations,
      data: data.replace(ethers.hexlify(ethers.toUtf8Bytes(broken.class)).slice(2), raw.slice(2)),
    })
    const id = await reservations.getFunction("reservationId")(node.address, broken.nonce)
    expect((await shownOf({ reservations, id })).traits.Class).to.equal("????????")
  })

  it("shows a class without a letter, which the picture is not asked for by a reservation", async () => {
    const running = await loadFixture(withReservation)
    const { reservations, id } = running
    const picture = await ethers.getContractAt("ReservationPicture", await reservations.getFunction("picture")())
    const { class: _, ...view } = await viewOf(running)
    const uri: string = await picture.getFunction("uri")({ ...view, class: "" })
    const { name, traits } = metadataOf(uri)
    expect(name).to.match(/^2 x , /)
    expect(traits).to.deep.equal({ ...(await shownOf({ reservations, id })).traits, Class: "" })
  })

  it("draws no more than the bar when days after an early end were paid", async () => {
    const running = await reserved(await loadFixture(withStake), { term: 5 })
    await atDay(running.first + 5)
    await claim(running, running.first + 3, [1440, 1440])
    await atDay(running.first + 12)
    const { svg, traits } = await shownOf(running)
    expect([traits["Days served"], traits["Last day"]]).to.deep.equal(["2.0", day(running.first + 2)])
    expect(svg).to.contain(`y="216" width="${Math.floor((392 * 2) / 5)}"`)
  })

  it("fits the longest class, the greatest sums and the last day of February", async () => {
    const staked = await loadFixture(withStake)
    const leap = Date.UTC(2028, 1, 29) / 86_400_000
    await toDay(leap - 1)
    await fund(staked, staked.tenant, 1_000_000n * USD)
    const sums = { class: "w".repeat(64), gpus: 65_535, startDay: leap, term: 1, pricePerDay: 99_999n * USD + 999_999n, collateralBps: 0 }
    const { name, svg, traits } = await shownOf(await reserved(staked, sums))
    expect(name).to.equal(`65535 x ${"w".repeat(64)}, 2028-02-29 to 2028-02-29`)
    expect([traits["First day"], traits["Last day"], traits["Price a day"]]).to.deep.equal(["2028-02-29", "2028-02-29", "$99999.99"])
    expect(svg).to.contain('font-size:10px">')
    const march = await shownOf(await reserved(staked, { nonce: seeded("march"), startDay: leap + 1, term: 307 }))
    expect([march.traits["First day"], march.traits["Last day"]]).to.deep.equal(["2028-03-01", "2029-01-01"])
  })

  it("writes day and month in two figures each, and knows the leap day that only every fourth century has", async () => {
    const staked = await loadFixture(withStake)
    const ninth = Date.UTC(2027, 9, 9) / 86_400_000
    await toDay(ninth - 1)
    const { name } = await shownOf(await reserved(staked, { startDay: ninth, term: 2 }))
    expect(name).to.equal("2 x nvidia/rtx-4090, 2027-10-09 to 2027-10-10")
    const september = await shownOf(await reserved(staked, { startDay: ninth, term: 327, nonce: seeded("september") }))
    expect(september.traits["Last day"]).to.equal("2028-08-30")
    const leap = Date.UTC(2400, 1, 29) / 86_400_000
    await toDay(leap - 1)
    const far = await shownOf(await reserved(staked, { startDay: leap, term: 2, nonce: seeded("2400") }))
    expect([far.traits["First day"], far.traits["Last day"]]).to.deep.equal(["2400-02-29", "2400-03-01"])
  })

  it("is refused for a token that never was, or was cancelled", async () => {
    const running = await loadFixture(withReservation)
    const { reservations, tenant, id } = running
    await expect(shownOf({ reservations, id: 7n })).to.be.revertedWithCustomError(reservations, "ERC721NonexistentToken")
    await reservations.connect(tenant).getFunction("cancel")(id)
    await expect(shownOf(running)).to.be.revertedWithCustomError(reservations, "ERC721NonexistentToken")
  })
})
