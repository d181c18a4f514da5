// Real local parts of many languages must pass; what a machine or a hand on the keyboard made must not.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { judgeRandomInput, randomBits } from './random-input.ts'

// None of these words is in the sample.
const real = `
a.lindgren bengt.fredriksson ulla-britt.sjoberg k.rosenqvist ghita.alaoui oyvind.halvorsen sigrid.undset thorsteinn.jonsson gudrun.magnusdottir
christoph.waltz annegret.strohm klaus-peter.huber bschulte tobias.kretschmer hwiesner veronika.pfeiffer jschwarzenegger f.buchholz w.knobloch
sebastien.tellier marguerite.duras cecile.bruneau jbelmondo olivier.chabrol p.duchamp genevieve.lemaitre edouard.philippe mbrochard
esteban.quintana ximena.ortega jcvillanueva ignacio.zubizarreta begona.echeverria rosario.cifuentes fjarroyo macarena.benitez
thiago.azevedo leticia.guimaraes rvasconcelos caetano.peixoto beatriz.magalhaes gbittencourt
lorenzo.bevilacqua federica.zanetti gpasquale ottavio.mazzanti ilaria.gherardi dcastiglione
jeroen.schippers femke.terpstra wvanrijn lieke.oosterhuis bartbrouwer sjoerd.hofstra
aleksanteri.hyvonen tuula.pitkanen jyrki.kettunen anniina.salonen
zbigniew.wrobel stanislaw.lem krystyna.wlodarczyk mszczygiel jbrzechwa slawomir.chrzanowski
lubomir.havel ondrej.zeman bozena.nemcova vstastny ladislav.hrncir
ferenc.puskas eszter.somogyi gszentgyorgyi zoltan.kodaly erzsebet.hegedus
mihai.eminescu cristina.dragomir vlad.ungureanu andreea.tomescu
slobodan.ristic vesna.todorovic dkrstic marija.vukovic tomislav.perkovic
alexandros.stavropoulos eleni.karagianni theodoros.mavridis
huseyin.korkmaz zeynep.gunduz ibulut orhan.pamuk selin.cetin
anastasia.lebedeva yuri.gagarin nsolovyov maksim.chernyshevsky ludmila.ryabova vitaliy.hrytsenko oksana.zabuzhko
omar.alfarouk layla.haddad bilal.benali rania.elsherif saud.alqahtani hmubarak
ariel.sharabi tamar.goldstein noam.rosenfeld shira.benshimon
vikram.chandrasekhar ananya.deshpande rohit.kulkarni meenakshi.pillai hgopalakrishnan arjun.bhardwaj sudhir.mishra
liuyifei zhaowei.beijing xujinglei lihongzhi fengxiaogang gaoyuanyuan caiguoqiang songzhenhua qianxuesen tangwei
haruki.murakami shinzo.abe kenzaburo.oe natsuki.ishikawa ryotaro.fujiwara chihiro.ogawa
baekhyun.byun soyeon.jang dongwook.kim yoonseok.han
nhatminh.le thuhuong.do quoccuong.bui ducanh.ngo
apichatpong.w pornthip.r thanakorn.srisai
rahmat.wibowo indah.permatasari agung.prasetyo
chimamanda.adichie emeka.nwosu folake.coker thabo.mokoena zodwa.khumalo njoroge.kariuki
jsmith84 annab1990 mr.bean007 dirk_1978 xX_slayer_Xx cooldude99 mike2go lena.m.89 peter-pan guitarhero musicfan88 runnerboy23 redcar55
johnq.public b.obama thedude abcdefg test.account firstname.lastname orders2024 invoices-de noreply shopping.list privat.post haus.meister
janedoe+shop peter+qx7zk9w2 katzenliebhaber wanderlust.blog sommersprosse gluecksbringer fussballverein petitlapin chatnoir elpatron
AnnaMariaSchulz McDonald.Fan DrHouse RTmusic foto-grafik buchhaltung kundendienst servizio.clienti atencionalcliente
`
  .trim()
  .split(/\s+/)

// mulberry32: the same strings on every machine.
function lots(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

function drawn(alphabet: string, length: number, many: number): string[] {
  const next = lots(length)
  return Array.from({ length: many }, () => Array.from({ length }, () => alphabet[Math.floor(next() * alphabet.length)]).join(''))
}

test('real local parts are not taken for random: none is HIGH, and at most one in fifty is doubtful', () => {
  assert.ok(real.length > 190, String(real.length))
  const worst = real.map((text) => ({ text, bits: randomBits(text) })).sort((a, b) => b.bits - a.bits)
  assert.deepEqual(
    worst.filter(({ text }) => judgeRandomInput(text) === 'HIGH'),
    [],
    'taken for random',
  )
  const doubtful = worst.filter(({ text }) => judgeRandomInput(text) === 'MEDIUM')
  assert.ok(doubtful.length <= real.length / 50, JSON.stringify(doubtful))
})

test('letters drawn by lot are found, the more the longer', () => {
  const small = 'abcdefghijklmnopqrstuvwxyz'
  const share = (alphabet: string, length: number) => drawn(alphabet, length, 1_000).filter((text) => judgeRandomInput(text) === 'HIGH').length / 1_000
  for (const [length, least] of [
    [10, 0.6],
    [12, 0.75],
    [16, 0.9],
    [24, 0.98],
  ] as const)
    assert.ok(share(small, length) >= least, `${length} letters: ${share(small, length)}`)
  assert.ok(share(`${small}0123456789`, 14) >= 0.85, `letters and digits: ${share(`${small}0123456789`, 14)}`)
  assert.ok(share('0123456789abcdef', 24) >= 0.9, `hex: ${share('0123456789abcdef', 24)}`)
})

test('walks over the keyboard and one key held down are random, numbers and short names are not', () => {
  for (const text of ['asdfghjkl', 'qwertyuiop', 'lkjhgfdsa', 'zxcvbnm123', 'aaaaaaaaaa', 'xkq7zv9pw3tj', '4f9a1c77e0b2d6835a'])
    assert.equal(judgeRandomInput(text), 'HIGH', text)
  for (const text of ['13800138000', '20061231', 'jxk', 'q', 'xqzv', '', '"john doe"']) assert.equal(judgeRandomInput(text), 'LOW', text)
})
