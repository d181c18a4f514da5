// What the random-input model learns letter pairs from: given names, family names and words of mailboxes in some thirty languages, written
// in ASCII as people write them in addresses. Data only; more words make the model surer, none of them is looked up.

/** Words, separated by blanks. */
export const languageSample = `
james mary robert patricia michael jennifer william elizabeth david barbara richard susan joseph jessica thomas sarah charles karen christopher
lisa daniel nancy matthew betty anthony margaret mark sandra donald ashley steven kimberly andrew emily joshua donna kenneth michelle kevin
smith johnson brown jones miller davis wilson anderson taylor moore jackson martin thompson white harris clark lewis robinson walker young
wright scott green baker nelson carter mitchell phillips campbell parker evans edwards collins stewart murphy cooper richardson hughes watkins
wolfgang juergen heinz ulrike sabine stefan katrin matthias dieter friedrich heike mueller schmidt schneider fischer weber meyer wagner becker
schulz hoffmann schaefer koch bauer richter klein schroeder neumann schwarz zimmermann krueger hartmann lange werner krause lehmann koehler
pierre francois jacques michel philippe isabelle nathalie sylvie christine catherine dubois bernard moreau laurent lefebvre leroy roux fournier
girard bonnet dupont lambert rousseau vincent gauthier chevalier blanchard guillaume aurelie thibault benoit
jose antonio manuel francisco carmen maria dolores pilar rodriguez gonzalez fernandez lopez martinez sanchez perez gomez jimenez ruiz hernandez
diaz moreno alvarez romero navarro torres dominguez vazquez ramos gutierrez guadalupe alejandro
joao pedro luis carlos ana paula fernanda silva santos ferreira pereira oliveira costa rodrigues martins sousa fernandes goncalves carvalho
teixeira moreira cardoso nascimento figueiredo
giuseppe giovanni francesco alessandro chiara giulia rossi russo ferrari esposito bianchi romano colombo ricci marino greco bruno gallo conti
mancini lombardi barbieri fontana santoro caruso pellegrini
pieter johannes willem hendrik marieke anneke jansen bakker visser smit meijer mulder bos vos peters hendriks dekker dijkstra vermeulen
vandenberg hoekstra schouten kuiper veenstra
anders erik lars karin ingrid bjorn astrid johansson andersson karlsson nilsson eriksson larsson olsson persson svensson gustafsson lindberg
lindqvist hansen jensen nielsen pedersen sorensen rasmussen christensen olsen kristiansen haugen berge kjell torbjorn knudsen
matti juhani pekka hannele korhonen virtanen makinen nieminen hamalainen laine heikkinen koskinen jarvinen lehtonen saarinen rantanen
krzysztof agnieszka malgorzata grzegorz katarzyna wojciech nowak kowalski wisniewski wojcik kowalczyk kaminski lewandowski zielinski szymanski
wozniak dabrowski jankowski mazur krawczyk piotrowski szczepanski przybylski
jiri jaroslav zdenek vladimir novotny svoboda dvorak cerny prochazka kucera vesely horak nemec pokorny marek hruska krejci stepanek
istvan laszlo zsuzsanna gyorgy nagy kovacs toth szabo horvath varga kiss molnar nemeth farkas balogh papp takacs juhasz lakatos meszaros
ion gheorghe elena popescu ionescu dumitru stoica stan munteanu radu constantin florea marinescu
dragan milos jovan petrovic jovanovic nikolic markovic djordjevic stojanovic ilic pavlovic novakovic zoran hrvoje babic knezevic
nikos giorgos dimitris yannis papadopoulos papadakis georgiou vasilis konstantinos christodoulou
mehmet mustafa ahmet ayse fatma hatice yilmaz kaya demir celik sahin yildiz ozturk aydin arslan dogan kilic erdogan
sergey dmitry aleksandr vladislav tatyana yekaterina ivanov smirnov kuznetsov popov vasiliev petrov sokolov mikhailov fyodorov morozov volkov
shevchenko kovalenko bondarenko tkachenko kravchenko oleksandr yevhen shcherbakov zhukov khrushchev
mohammed ahmed fatima abdullah hassan hussein ibrahim khalid youssef mahmoud alrashid alsayed khalifa mansour zainab nasser tariq
yitzhak moshe shlomo cohen levi mizrahi peretz friedman avraham rivka yehuda
rajesh sanjay priya lakshmi deepak anil sunita sharma verma gupta singh patel kumar reddy krishnamurthy venkatesh subramanian chatterjee
mukherjee banerjee iyer nair agarwal srinivasan ramachandran bhattacharya
wang zhang chen yang zhao huang zhou xuxin sunli zhengyu xiaoming jianguo weiwei meiling guoqiang hongyan liqiang zhijun xinyi qingyuan yuxuan
chenglong shuang jinping mingzhe
tanaka suzuki takahashi watanabe yamamoto nakamura kobayashi kato yoshida yamada sasaki yamaguchi matsumoto inoue kimura hayashi shimizu
hiroshi takeshi kazuko ryuichi tsuyoshi
minho jiyoung seojun hyunwoo kimdong parkji leesang choimin jeonghwa hwang kwon seung hyejin youngmi
nguyen tran pham hoang huynh phuong thanh dung linh quang trung hieu ngoc thuy vuong
somchai siriporn chaiwat nattapong suwannarat phongphan kittisak
budi siti dewi wahyu sutrisno hidayat nugroho purnomo setiawan kusuma
oluwaseun adebayo chinedu ngozi okonkwo adeyemi olayinka babatunde wanjiku kamau mwangi otieno nyambura juma mbeki nkosi dlamini
info contact support office sales admin service webmaster newsletter bestellung verwaltung comercial accueil secretariat segreteria vendite
kontakt biuro obchod posta shop store team hello marketing finance account customer happy sunshine flower music soccer gaming photo travel
coffee kitchen garden house family school design studio blue dragon tiger shadow master king queen little crazy lucky summer winter
`
